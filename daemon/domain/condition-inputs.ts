import type { Order } from '../../protocol/order.ts';
import type { Occasion } from './condition.ts';
import type { Watch } from './condition-watch.ts';

/*
 * What conditions are found from: as little as they need, so that whoever knows it can say it. Times are UTC ms.
 */

/** A device of a van, as its health tells. */
export interface DeviceInputs {
  id: string;
  /** the last thing it sent, of whatever worth */
  lastSeen: number;
  /** usual ms between its fixes */
  interval?: number;
  /** ms that its clock is ahead, when it is refused for that now */
  clockAhead?: number;
  /** what it is heard through (a gateway, an operator), where that is known */
  carrier?: string;
}

/** What a van does, as the motion of its fixes tells. */
export interface MotionInputs {
  state: 'moving' | 'stopped' | 'parked' | 'idling' | 'silent';
  since: number;
}

/** Something that the rules of a zone want told of a van. */
export interface ZoneNotice {
  what: 'enter' | 'leave' | 'dwell' | 'speed';
  zoneId: string;
  /** its name, for people */
  zone: string;
  /** when it entered or left (of speed: entered) */
  at: number;
  /** the last of what is told, where that is later; it is no news some time after it */
  last?: number;
  /** ms inside that its rules allow (dwell); km/h (speed) */
  limit?: number;
  /** km/h */
  top?: number;
}

export interface VanInputs {
  id: string;
  name: string;
  occasion: Occasion;
  /** when the work of the agency ended last; absent: it is at work, or has set no hours */
  closedSince?: number;
  /** absent: it never had a fix */
  watch?: Watch;
  motion?: MotionInputs;
  /** the first is the one whose position it shows */
  devices: readonly DeviceInputs[];
  /** since when this daemon can hear it */
  hearingSince: number;
  /** how long silences usually last where it was heard last, ms; absent: none are usual there */
  usualSilence?: (latitude: number, longitude: number) => number | undefined;
  /** whether it may stand where it stands: at a door of its run, the godown, a zone that permits it */
  mayStand?: () => boolean;
  /** those of dwell while it is inside, the others for a day */
  zones?: readonly ZoneNotice[];
}

/** When an order is likely to come, as the arrivals estimate it. */
export interface EstimateInputs {
  likely: number;
  /** the end of the time it was planned for */
  planned?: number;
}

/** Open orders, and those that ended within the last days. */
export interface OrderInputs {
  order: Order;
  /** the van's name, where it is or was on one */
  van?: string;
  estimate?: EstimateInputs;
  /** m from the consumer's door at which it was handed over, where that is known */
  metresFromDoor?: number;
  /** wrong codes given one after the other, and when the last was */
  wrongCodes?: { tries: number; at: number };
}

/** The log of this daemon, where it has a problem. */
export interface LogInputs {
  /** one line: what, since when, what to do */
  problem: string;
  /** when this daemon first noticed it */
  since: number;
}
