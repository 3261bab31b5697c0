import type { Position } from '../../../../protocol/position.ts';
import type { Device, Van } from '../../../../protocol/registry.ts';
import type { VanStatus } from '../../../../protocol/status.ts';

/** A van as `GET /api/vans` has it. */
export interface VanView extends Van {
  status: VanStatus;
  position: Position | null;
}

/** A device as `GET /api/devices` has it. */
export interface DeviceView extends Device {
  vanId: string | null;
  health: {
    lastSeen: number;
    lastFixTime?: number;
    interval?: number;
    battery?: number;
    gaps: number;
    positions: number;
    rejected: number;
    duplicates: number;
  } | null;
  position: Position | null;
}

/** What is shown once when a device or a new key is made. */
export interface Credential {
  id: string;
  username: string;
  key: string;
  osmandToken: string;
}
