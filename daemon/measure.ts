import { statfsSync } from 'node:fs';
import type { Notifier } from './effects/notifier.ts';
import type { WebhookSender } from './effects/webhooks.ts';
import type { Hub } from './feed/hub.ts';
import type { Metrics } from './http/metrics.ts';
import type { MqttBroker } from './ingest/broker.ts';
import type { Pipeline } from './ingest/pipeline.ts';
import type { SourceIntake } from './ingest/source.ts';
import type { Log } from './log/log.ts';
import type { Projector } from './project/projector.ts';
import type { Trails } from './project/trails.ts';
import type { SharedLog } from './shared-log.ts';

/** Puts what the parts count on the metrics page: read when it is asked for, so counting costs the parts nothing. */
export function measure(
  metrics: Metrics,
  parts: {
    /** the data folder */
    data: string;
    log: Log;
    shared?: SharedLog | undefined;
    source?: SourceIntake | undefined;
    projector: Projector;
    pipeline: Pipeline;
    broker: MqttBroker;
    hub: Hub;
    trails: Trails;
    messages: Notifier;
    webhooks: Pick<WebhookSender, 'counts'>;
  },
): void {
  const { data, log, shared, source, projector, pipeline, broker, hub, trails, messages, webhooks } = parts;
  metrics.gauge('vantrail_log_writable', '1 while appends become durable', () => Number(log.status().writable));
  metrics.gauge('vantrail_log_records', 'Records in the log', () => log.status().records);
  metrics.gauge('vantrail_log_bytes', 'Bytes of records in the log', () => log.status().bytes);
  metrics.gauge('vantrail_log_waiting_bytes', 'Accepted and not yet durable', () => log.waitingBytes());
  metrics.gauge('vantrail_log_damaged', 'Stretches found damaged and set aside', () => log.status().damage.length);
  metrics.gauge('vantrail_data_free_bytes', 'Free on the disk of the data folder', () => {
    const { bavail, bsize } = statfsSync(data);
    return bavail * bsize;
  });
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
  metrics.total('vantrail_messages_sent', 'Messages to people that were taken', () => messages.counts.sent);
  metrics.total('vantrail_messages_failed', 'Messages to people that were given up', () => messages.counts.failed);
  metrics.total('vantrail_webhooks_taken', 'Deliveries that webhooks took', () => webhooks.counts().taken);
  metrics.gauge('vantrail_webhooks_failing', 'Webhooks that take nothing at present', () => webhooks.counts().failing);
  if (shared !== undefined) measureShared(metrics, shared);
  if (source !== undefined) measureSource(metrics, source);
}

/** What there is with `--log kafka` only. */
function measureShared(metrics: Metrics, { log, kafka }: SharedLog): void {
  const unreachable = () => {
    const since = log.counts().unreachableSince;
    return since === undefined ? 0 : (Date.now() - since) / 1000;
  };
  metrics.gauge(
    'vantrail_log_lag_records',
    'Records in Kafka not read yet; NaN: not known',
    () => log.counts().lag ?? Number.NaN,
  );
  metrics.gauge('vantrail_log_unreachable_seconds', 'Since no broker answers', unreachable);
  metrics.total('vantrail_log_repeated_records_total', 'Read again, without effect', () => kafka()?.repeated() ?? 0);
  metrics.total(
    'vantrail_log_poison_records_total',
    'In Kafka and not readable as ours',
    () => kafka()?.poison().count ?? 0,
  );
  metrics.gauge('vantrail_spool_waiting_records', 'In the spool, not in Kafka', () => log.counts().waitingRecords);
  metrics.gauge('vantrail_spool_bytes', 'Bytes that wait in the spool', () => log.counts().waitingBytes);
  metrics.gauge('vantrail_spool_oldest_seconds', 'Age of the oldest of them', () => log.counts().oldestSeconds);
  metrics.total('vantrail_forwarded_records_total', 'Carried from the spool to Kafka', () => log.counts().forwarded);
}

/** What there is with `--kafka-source` only. */
function measureSource(metrics: Metrics, source: SourceIntake): void {
  metrics.total('vantrail_source_messages', 'Read from other systems’ topics', () => source.counts().messages);
  metrics.total('vantrail_source_unvouched', 'Of these, nobody vouches for', () => source.counts().unvouched);
  metrics.total('vantrail_source_given_back', 'Batches to be read again', () => source.counts().givenBack);
}
