/** @jsxImportSource preact */
import '../shared/page.css';
import './drive.css';
import { render } from 'preact';
import { DriveApp } from './DriveApp.tsx';
import { openKept } from './kept.ts';

const main = document.getElementById('page') as HTMLElement;
/** An invitation's secret stands behind the # and is taken out of the address at once. */
const invitation = /#invitation=([\w-]+)/.exec(location.hash)?.[1];
if (invitation !== undefined) history.replaceState(null, '', '/drive');
void openKept().then((kept) => {
  main.textContent = '';
  render(<DriveApp kept={kept} invitation={invitation} />, main);
});
