import type { Format } from '../format.ts';
import { firstObject, fixOf, nameOf, readItems, requiredNumber, timeOf } from './fields.ts';

/**
 * A delivery partner's position as food-delivery systems publish it (`delivery.location.v1`), one or a list of them: the
 * same four words that `POST /location` takes.
 *
 *   {"partner_id":"ravi","order_id":"o-118","lat":21.1458,"lng":79.0882,"timestamp":1764000000000}
 *
 * `partner_id` names the device. `order_id` is left alone: which order a van carries is known from its run. timestamp:
 * s, ms or ISO; without it the fix is of when the message was sent (Kafka's timestamp) or, elsewhere, when it came.
 */
export const deliveryLocation: Format = {
  name: 'delivery-location',
  reads: (input) => firstObject(input.json)?.partner_id !== undefined,
  decode: (input) =>
    readItems(input.json, (item) =>
      fixOf({
        deviceId: nameOf(item.partner_id),
        fixTime: timeOf(item.timestamp, 'timestamp') ?? input.receivedAt,
        latitude: requiredNumber(item.lat, 'lat'),
        longitude: requiredNumber(item.lng, 'lng'),
        speed: undefined,
        course: undefined,
        altitude: undefined,
        accuracy: undefined,
        battery: undefined,
        ignition: undefined,
      }),
    ),
};
