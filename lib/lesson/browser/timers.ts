/**
 * What takes the place of `node:timers/promises` in a page.
 * @module
 */

/** Resolves in the next turn of the event loop; `setTimeout` would wait 4 milliseconds. */
export function setImmediate(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
