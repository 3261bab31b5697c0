import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useStore } from 'zustand';
import type { Alert } from '../../../../protocol/alert.ts';
import { useConsole, useParts, useZone } from '../../console-context.ts';
import { words } from '../../words.ts';
import { endOfDay, isSnoozed } from './alert-list.ts';

const minute = 60_000;

/** What is done more rarely: give it to somebody, put it off, mute its kind for the van. */
export function AlertMenu({ alert, disabled }: { alert: Alert; disabled: boolean }) {
  const { console, alerts } = useParts();
  const me = useConsole((state) => state.viewer?.subject);
  const colleagues = useStore(alerts.state, (state) => state.colleagues);
  const zone = useZone();
  const { id, kind, vanId, assigned } = alert;
  const others = colleagues.filter((each) => each.id !== me);
  const now = () => console.now();
  // Where the keys begin: at the first that can be chosen, which the menu does not find by itself behind a disabled one.
  const first = assigned?.to === me ? others[0]?.id : me;
  const today = () => endOfDay(now(), zone);
  return (
    <Menu
      position="bottom-end"
      width={230}
      shadow="md"
      // A placeholder that takes the focus is no item of a menu.
      withInitialFocusPlaceholder={false}
      transitionProps={{ duration: 0 }}
      // Somebody may have been given an account since the drawer was opened.
      onOpen={() => void alerts.loadColleagues()}
    >
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" disabled={disabled} aria-label={words.alerts.moreFor}>
          <IconDots size={17} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.alerts.assign}</Menu.Label>
        {me !== undefined && (
          <Menu.Item
            data-autofocus={first === me || undefined}
            disabled={assigned?.to === me}
            rightSection="I"
            onClick={() => void alerts.assign(id, me)}
          >
            {words.alerts.toMe}
          </Menu.Item>
        )}
        {others.map((each) => (
          <Menu.Item
            key={each.id}
            data-autofocus={first === each.id || undefined}
            disabled={assigned?.to === each.id}
            onClick={() => void alerts.assign(id, each.id)}
          >
            {each.name}
          </Menu.Item>
        ))}
        {assigned !== undefined && (
          <Menu.Item onClick={() => void alerts.assign(id, null)}>{words.alerts.toNobody}</Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>{words.alerts.snooze}</Menu.Label>
        {isSnoozed(alert, now()) && (
          <Menu.Item onClick={() => void alerts.snooze(id, null)}>{words.alerts.wake}</Menu.Item>
        )}
        <Menu.Item rightSection="D" onClick={() => void alerts.snooze(id, now() + 15 * minute)}>
          {words.alerts.snooze15}
        </Menu.Item>
        <Menu.Item onClick={() => void alerts.snooze(id, now() + 60 * minute)}>{words.alerts.snooze60}</Menu.Item>
        <Menu.Item onClick={() => void alerts.snooze(id, today())}>{words.alerts.snoozeToday}</Menu.Item>
        {vanId !== undefined && (
          <>
            <Menu.Divider />
            <Menu.Label>{words.alerts.mute(words.alerts.kinds[kind] ?? kind)}</Menu.Label>
            <Menu.Item onClick={() => void alerts.mute(id, today())}>{words.alerts.muteToday}</Menu.Item>
            <Menu.Item onClick={() => void alerts.mute(id, undefined)}>{words.alerts.muteForGood}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
