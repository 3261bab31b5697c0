import { words } from '../words.ts';

/** Above 70 % good, above 30 % fair, else low: a colour, and always the number beside it. */
export function batteryLevel(percent: number): 'good' | 'fair' | 'low' {
  return percent > 70 ? 'good' : percent > 30 ? 'fair' : 'low';
}

export function Battery({ percent }: { percent: number | undefined }) {
  if (percent === undefined) {
    return (
      <span className="battery" title={words.panel.batteryUnknown}>
        <span className="visually-hidden">{words.panel.batteryUnknown}</span>
        <span aria-hidden="true">–</span>
      </span>
    );
  }
  return (
    <span className="battery" data-level={batteryLevel(percent)} title={words.panel.battery(percent)}>
      <svg width="20" height="11" viewBox="0 0 20 11" aria-hidden="true" focusable="false">
        <rect className="shell" x="0.6" y="0.6" width="16.4" height="9.8" rx="2.4" />
        <rect className="cap" x="18" y="3.4" width="1.7" height="4.2" rx="0.8" />
        <rect className="charge" x="2.2" y="2.2" width={(13.2 * Math.max(4, percent)) / 100} height="6.6" rx="1.1" />
      </svg>
      <span>
        <span className="visually-hidden">{words.van.battery} </span>
        {percent} %
      </span>
    </span>
  );
}
