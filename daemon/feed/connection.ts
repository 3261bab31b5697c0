import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Viewer } from '../../protocol/claims.ts';
import { closeCodes } from '../../protocol/feed.ts';
import type { Audience } from './audience.ts';
import { type Changes, isEmpty, merge, noChanges } from './changes.ts';
import type { FeedFormat } from './messages.ts';

/** From this many unsent bytes on, changes are gathered per subject instead of queued, bytes. */
const gatherAbove = 64 * 1024;
/** Past this the connection is closed, bytes. */
const closeAbove = 1024 * 1024;
/** A connection that took nothing for this long is closed, ms. */
const stalledAfter = 20_000;

/**
 * One viewer's socket with its bounded outbox. A slow reader hurts only itself: what it cannot take now is remembered
 * as the set of subjects it must be told about, so it gets the newest state of each once it reads again.
 */
export class Connection {
  readonly agency: string;
  readonly format: FeedFormat;
  viewer: Viewer;
  audience: Audience;
  /** subjects to tell about later; while a snapshot is under way this is where changes wait */
  #behind: Changes | null = noChanges();
  #snapshotDone = false;
  /** bytes the peer's network has taken, and when that last grew */
  #taken = 0;
  #takenAt: number;
  lastSent: number;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  /** own numbers for subjects when the viewer sees only some of an agency, so that they tell nothing of the rest */
  readonly ownIndexes = new Map<string, number>();

  constructor(options: {
    viewer: Viewer;
    audience: Audience;
    format: FeedFormat;
    webSocket: WebSocket;
    socket: Socket;
    now: number;
  }) {
    this.viewer = options.viewer;
    this.agency = options.viewer.agency;
    this.audience = options.audience;
    this.format = options.format;
    this.#webSocket = options.webSocket;
    this.#socket = options.socket;
    this.#takenAt = options.now;
    this.lastSent = options.now;
  }

  get open(): boolean {
    return this.#webSocket.readyState === 1;
  }

  /** Whether the viewer has been sent everything up to now. */
  get current(): boolean {
    return this.#behind === null;
  }

  unsent(): number {
    return this.#socket.writableLength;
  }

  write(frames: readonly Buffer[], now: number): void {
    if (!this.open || frames.length === 0) return;
    this.lastSent = now;
    if (frames.length === 1) {
      this.#socket.write(frames[0] as Buffer);
      return;
    }
    this.#socket.cork();
    for (const frame of frames) this.#socket.write(frame);
    this.#socket.uncork();
  }

  /** Takes frames now, or remembers what they were about. Answers whether they were taken. */
  offer(frames: () => readonly Buffer[], changes: Changes, now: number): boolean {
    if (this.#behind === null && this.unsent() <= gatherAbove) {
      this.write(frames(), now);
      return true;
    }
    this.#behind ??= noChanges();
    merge(this.#behind, changes);
    return false;
  }

  /** What is to be told now that the socket takes data again, or null when there is nothing or it still does not. */
  takeBehind(): Changes | null {
    if (!this.#snapshotDone || this.#behind === null || this.unsent() > gatherAbove) return null;
    const behind = this.#behind;
    this.#behind = null;
    return isEmpty(behind) ? null : behind;
  }

  snapshotSent(): void {
    this.#snapshotDone = true;
  }

  /** Why this connection is to be closed now, if it is. */
  overdue(now: number): { code: number; reason: string } | null {
    if (now >= this.viewer.expiresAt) return { code: closeCodes.token, reason: 'the token has expired' };
    if (this.unsent() > closeAbove && this.#snapshotDone) {
      return { code: closeCodes.tooSlow, reason: 'more than 1 MB unsent' };
    }
    const taken = this.#socket.bytesWritten - this.unsent();
    if (taken !== this.#taken || this.unsent() <= gatherAbove) {
      this.#taken = taken;
      this.#takenAt = now;
    }
    if (now - this.#takenAt > stalledAfter) {
      return { code: closeCodes.tooSlow, reason: `nothing read for ${stalledAfter / 1000} s` };
    }
    return null;
  }

  /** Resolves when the socket can take more of a snapshot, or is gone. */
  async drained(): Promise<void> {
    if (this.unsent() <= gatherAbove || !this.open) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.on('drain', done);
      this.#socket.on('close', done);
    });
  }

  /** Closes with a code; a peer that does not answer is cut a second later. */
  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
    setTimeout(() => this.#webSocket.terminate(), 1000).unref();
  }
}
