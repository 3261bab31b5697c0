/** Speeds as payloads state them, to km/h. Mixing these up is the classic fault of such systems; each has its own name. */

/** International knot: 1,852 m an hour. NMEA, the OsmAnd query and Traccar speak it. */
export const knots = (speed: number): number => speed * 1.852;
/** What phones measure in. */
export const metresPerSecond = (speed: number): number => speed * 3.6;
/** International mile: 1,609.344 m. */
export const milesPerHour = (speed: number): number => speed * 1.609344;
