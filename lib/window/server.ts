/**
 * nodeplotlib's server, in a separate process that may only listen on 127.0.0.1.
 *
 * It reads a figure from stdin, as one line of JSON, writes the address of the figure's page to
 * stdout, and ends when stdin does.
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo, Socket } from "node:net";
import process from "node:process";

/** The parts of Nest's and Express's API that are used here. */
interface Application {
  use(handler: (request: Request_, response: Response_, next: () => void) => void): void;
  listen(port: number, host?: string): Promise<void>;
  get(token: unknown): unknown;
  getHttpServer(): Server;
}
interface Request_ {
  readonly path: string;
}
interface Response_ {
  set(headers: Readonly<Record<string, string>>): Response_;
  type(name: string): Response_;
  send(body: string): void;
  sendFile(path: string): void;
}

/** The part of nodeplotlib that communicates with its pages. */
interface Gateway {
  handleConnection(client: Client): void;
}
interface Client {
  disconnect(close: boolean): void;
}

// `import` resolves in the project's packages, `require` in this folder's.
const require = createRequire(import.meta.url);
/** Resolves nodeplotlib's dependencies. */
const requireOfNodeplotlib = createRequire(require.resolve("nodeplotlib"));

/**
 * Loads nothing from other origins, whatever the figure contains, and cannot be framed by other
 * pages.
 */
const HEADERS = {
  "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; " +
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-eval'; " +
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
};

/**
 * Serves a figure on nodeplotlib's page, under a secret path.
 *
 * By default nodeplotlib listens on all network interfaces, answers every page in the browser
 * (through JSONP polling), loads plotly.js and fonts from the network, and exits when the first
 * page is closed or reloaded. Its server is created by Nest, whose functions are replaced here.
 *
 * @returns the address of the page
 */
async function serve(data: unknown, layout: unknown): Promise<string> {
  const prefix = `/${crypto.getRandomValues(new Uint8Array(16)).toHex()}/`;
  // Let the system choose the port.
  process.env.NODEPLOTLIB_PORT = "0";
  const { NestFactory } = requireOfNodeplotlib("@nestjs/core");
  const { PlotsGateway } = require("nodeplotlib/src/lib/server/plots/plots.gateway.js");
  // This function is added by a dependency of nodeplotlib.
  (Reflect as unknown as { defineMetadata(key: string, value: object, target: object): void })
    .defineMetadata("websockets:gateway_options", { transports: ["websocket"] }, PlotsGateway);
  const create = NestFactory.create.bind(NestFactory);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  NestFactory.create = async (module: unknown) => {
    const app: Application = await create(module, { logger: false });
    servePage(app, prefix);
    serveTheNewest(app.get(PlotsGateway) as Gateway);
    return {
      get: (token: unknown) => app.get(token),
      getHttpServer: () => app.getHttpServer(),
      async listen() {
        await app.listen(0, "127.0.0.1").catch(reject);
        const { port } = app.getHttpServer().address() as AddressInfo;
        guard(app.getHttpServer(), `127.0.0.1:${port}`, prefix);
        resolve(`http://127.0.0.1:${port}${prefix}`);
      },
      close: () => Promise.resolve(),
    };
  };
  // nodeplotlib logs to stdout.
  console.log = () => {};
  require("nodeplotlib").plot(data, layout);
  return await promise;
}

/**
 * Answers only requests with this server's address as host and with the prefix, which is then
 * removed. A websocket must also come from the server's own page. Engine.IO's polling is disabled:
 * any page can read its JSONP form.
 */
function guard(server: Server, host: string, prefix: string): void {
  const isAllowed = ({ headers, url = "" }: IncomingMessage, event: string) =>
    headers.host === host && url.startsWith(prefix) &&
    (event === "upgrade" ? headers.origin === `http://${host}` : !url.includes("socket.io"));
  for (const event of ["request", "upgrade"]) {
    const listeners = server.listeners(event);
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, answer: ServerResponse | Socket, ...rest) => {
      if (isAllowed(request, event)) {
        request.url = request.url!.slice(prefix.length - 1);
        for (const listener of listeners) listener.call(server, request, answer, ...rest);
      } else if ("writeHead" in answer) {
        answer.writeHead(403, HEADERS).end("Forbidden: the path or host is wrong.");
      } else answer.destroy();
    });
  }
}

/** Serves nodeplotlib's page without resources from the network. */
function servePage(app: Application, prefix: string): void {
  const plotly = require.resolve("plotly.js-dist-min/plotly.min.js");
  const page = localPage(prefix);
  const script = localScript(prefix);
  app.use((request, response, next) => {
    response.set(HEADERS);
    if (request.path === "/plotly.min.js") return response.sendFile(plotly);
    if (request.path === "/main.js") return response.type("js").send(script);
    // The page has client-side routes, such as /plots.
    if (!request.path.includes(".")) return response.type("html").send(page);
    next();
  });
}

/**
 * Sends the figure to a second page too: nodeplotlib sends figures on the first request, and a page
 * that connects while another is open would get none. The figure on the first page stays.
 */
function serveTheNewest(gateway: Gateway): void {
  const connect = gateway.handleConnection.bind(gateway);
  let last: Client | undefined;
  gateway.handleConnection = (client) => {
    connect(client);
    last?.disconnect(true);
    last = client;
  };
}

/** A single figure gets the full width; the icon font is not loaded. */
const STYLE = "npl-plots{display:block!important;padding:16px}.material-icons{visibility:hidden}";

/** nodeplotlib's page under the prefix, with the local plotly.js and the system's fonts. */
function localPage(prefix: string): string {
  return readWeb("index.html")
    .replace(`<base href="/">`, `<base href="${prefix}">`)
    .replace(/https:\/\/cdn\.plot\.ly\/plotly-[^"]*/, "plotly.min.js")
    .replace(/<link rel="preconnect"[^>]*>/, "")
    .replace(/@font-face\{[^}]*\}/g, "")
    .replace("</head>", `<style>${STYLE}</style></head>`)
    .replace(` onload="this.media='all'"`, "").replace(` media="print"`, "");
}

/** nodeplotlib's script, changed to connect by websocket under the prefix. */
function localScript(prefix: string): string {
  const changes = [
    [`"/assets/`, `"assets/`],
    [`transports:["polling"]`, `transports:["websocket"],path:"${prefix}socket.io"`],
    // The page draws a figure on the second event after receiving it; without polling there is only
    // one.
    ["this.plotDataMap$.next(r)", "this.plotDataMap$.next(r),setTimeout(()=>{})"],
  ];
  return changes.reduce((script, [old, changed]) => {
    if (!script.includes(old)) throw new Error(`nodeplotlib's script has no ${old}`);
    return script.replaceAll(old, changed);
  }, readWeb("main.js"));
}

function readWeb(file: string): string {
  return Deno.readTextFileSync(require.resolve(`nodeplotlib/src/lib/server/web/${file}`));
}

if (import.meta.main) {
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await input.read();
    if (done) Deno.exit(1);
    text += value;
  }
  const { data, layout } = JSON.parse(text);
  const address = await serve(data, layout);
  Deno.stdout.writeSync(new TextEncoder().encode(`${address}\n`));
  while (!(await input.read()).done);
  Deno.exit(0);
}
