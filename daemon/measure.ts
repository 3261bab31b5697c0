import type { Hub } from './feed/hub.ts';
import type { Metrics } from './http/metrics.ts';
import type { MqttBroker } from './ingest/broker.ts';
import type { Pipeline } from './ingest/pipeline.ts';
import type { Log } from './log/log.ts';
import type { Projector } from './project/projector.ts';
import type { Trails } from './project/trails.ts';

/** Puts what the parts count on the metrics page: read when it is asked for, so counting costs the parts nothing. */
export function measure(
  metrics: Metrics,
  parts: { log: Log; projector: Projector; pipeline: Pipeline; broker: MqttBroker; hub: Hub; trails: Trails },
): void {
  const { log, projector, pipeline, broker, hub, trails } = parts;
  metrics.gauge('vantrail_log_writable', '1 while appends become durable', () => Number(log.status().writable));
  metrics.gauge('vantrail_log_records', 'Records in the log', () => log.status().records);
  metrics.gauge('vantrail_log_bytes', 'Bytes of records in the log', () => log.status().bytes);
  metrics.gauge('vantrail_log_waiting_bytes', 'Accepted and not yet durable', () => log.waitingBytes());
  metrics.gauge('vantrail_log_damaged', 'Stretches found damaged and set aside', () => log.status().damage.length);
  metrics.gauge('vantrail_projections_ready', '1 once projections have caught up', () =>
    Number(projector.status().ready),
  );
  metrics.total('vantrail_projected_records', 'Records given to projections', () => projector.status().records);
  metrics.total('vantrail_poisoned_records', 'Records a projection could not take', () => projector.status().poisoned);
  metrics.total('vantrail_positions_accepted', 'Positions that went into the log', () => pipeline.counts().accepted);
  metrics.total('vantrail_positions_duplicate', 'Positions kept already', () => pipeline.counts().duplicates);
  metrics.total('vantrail_messages_unkept', 'Handed back: the log could not keep them', () => pipeline.counts().unkept);
  metrics.total('vantrail_rejected', 'Refused, by reason', () => pipeline.counts().rejected, 'reason');
  metrics.total(
    'vantrail_dead_letters_dropped',
    'Over the cap of their device',
    () => pipeline.counts().lettersDropped,
  );
  metrics.total('vantrail_messages_ignored', 'Rightly without a position', () => pipeline.counts().ignored);
  metrics.total('vantrail_dead_letters', 'Dead letters made', () => pipeline.counts().letters);
  metrics.gauge('vantrail_mqtt_connections', 'Open MQTT connections', () => broker.counts().connections);
  metrics.total('vantrail_mqtt_published', 'MQTT messages published', () => broker.counts().published);
  metrics.total('vantrail_mqtt_foreign', 'Published to a topic not their own', () => broker.counts().foreign);
  metrics.total('vantrail_mqtt_auth_failures', 'Wrong credentials', () => broker.counts().authFailures);
  metrics.total('vantrail_mqtt_cut', 'MQTT connections cut, by reason', () => broker.counts().cut, 'reason');
  metrics.gauge('vantrail_feed_connections', 'Open feeds', () => hub.counts.connections);
  metrics.total('vantrail_feed_frames', 'Feed frames sent', () => hub.counts.frames);
  metrics.total('vantrail_feed_gathered', 'Frames replaced by newer states', () => hub.counts.gathered);
  metrics.gauge('vantrail_trail_points', 'Points in all trails', () => trails.size().points);
  metrics.gauge('vantrail_trail_bytes', 'Bytes of all trails', () => trails.size().bytes);
}
