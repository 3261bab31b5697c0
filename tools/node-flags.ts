/**
 * What Node is started with for the daemon, since V8 takes it from nowhere else: room for what is young, MB for each half.
 * What a van leaves behind lives for about a second; with twice V8's own 32 MB it dies before it is copied a second
 * time and grown old. `package.json`, the container and the service of docs/operations.md say the same.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=64'];
