import { contextBridge, ipcRenderer } from 'electron';
import { type Bridge, callNames, channel, newsNames } from '../shared/bridge.ts';

/** Runs in the page's process, in a world of its own. Only names of the bridge pass; never an ipcRenderer. */
const bridge: Bridge = {
  call(name, input) {
    if (!callNames.includes(name)) return Promise.reject(new TypeError(`the desktop app knows no '${String(name)}'`));
    return ipcRenderer.invoke(channel(name), input);
  },
  on(name, listener) {
    if (!newsNames.includes(name)) throw new TypeError(`the desktop app tells nothing of '${String(name)}'`);
    // The event itself stays here: it would hand the page the sender.
    const heard = (_event: unknown, news: Parameters<typeof listener>[0]) => listener(news);
    ipcRenderer.on(channel(name), heard);
    return () => {
      ipcRenderer.removeListener(channel(name), heard);
    };
  },
};

contextBridge.exposeInMainWorld('vantrail', bridge);
