import { parentPort, workerData } from 'node:worker_threads';
import type { PlaceQuestion, PlaceReply, PlaceRequest, PlaceThreadData, Written } from './place-index.ts';
import { type FoundPlace, PlaceIndexFile } from './place-index-file.ts';

/**
 * The thread of the place index. It takes over what is new in the table of places part by part, and answers between the
 * parts; a question waits for at most a few parts, so that nobody who has just changed a place misses it.
 */
const port = parentPort;
if (port === null) throw new Error('this is the thread of the place index and no program of its own');
const { truth, file } = workerData as PlaceThreadData;
const index = new PlaceIndexFile(truth, file);
const say = (reply: PlaceReply) => port.postMessage(reply);

/** Parts (of 500 places) that are taken over before a question is answered. */
const partsFirst = 4;
let written: Written = { life: '', change: 0 };
let busy = false;
let closed = false;

port.on('message', (request: PlaceRequest) => {
  if (request === 'close') {
    index.close();
    port.close();
    closed = true;
    return;
  }
  written = request.written;
  if (request.id !== undefined) say(answer(request.id, request.question));
  if (!busy) {
    busy = true;
    setImmediate(goOn);
  }
});

function goOn(): void {
  if (closed) return;
  const more = index.catchUp(written);
  say({ change: index.change });
  busy = more;
  if (more) setImmediate(goOn);
}

function answer(id: number, question: PlaceQuestion): PlaceReply {
  try {
    for (let part = 0; part < partsFirst && index.catchUp(written); part++);
    return { id, found: find(question), change: index.change };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

function find(question: PlaceQuestion): FoundPlace[] {
  const { agency } = question;
  switch (question.kind) {
    case 'search':
      return index.search(agency, question.query, question.limit, question.of, question.near);
    case 'near':
      return index.near(agency, question.point, question.limit, question.kinds);
    case 'pincode':
      return index.byPincode(agency, question.pincode, question.limit);
    case 'named':
      return index.named(agency, question.name, question.state).map((key) => ({ key, rank: 0 }));
  }
}
