/**
 * nodeplotlib's server, in a process of its own that may do nothing but answer on 127.0.0.1.
 *
 * It reads a figure from stdin, as one line of JSON, writes the address of the figure's page to stdout,
 * and ends when stdin does.
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo, Socket } from "node:net";
import process from "node:process";

/** The parts of Nest's application and of Express that are used here. */
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

/** The part of nodeplotlib that talks with its pages. */
interface Gateway {
  handleConnection(client: Client): void;
}
interface Client {
  disconnect(close: boolean): void;
}

// Deno's resolution of `import` belongs to the project; `require` looks into this folder's packages.
const require = createRequire(import.meta.url);
/** Finds what nodeplotlib depends on. */
const requireOfNodeplotlib = createRequire(require.resolve("nodeplotlib"));

/** Nothing from elsewhere, whatever a figure contains, and no page of others around or beside it. */
const HEADERS = {
  "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; " +
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-eval'; " +
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
};

/**
 * Serves a figure on nodeplotlib's page, below a path that nobody can guess.
 *
 * nodeplotlib by itself listens on all addresses of the machine, answers every page in the browser
 * (through JSONP polling), takes plotly.js and fonts from the network, and ends with the first page that
 * is closed or reloaded. Its server is made by Nest, which is given other functions here.
 *
 * @returns the address of the page
 */
async function serve(data: unknown, layout: unknown): Promise<string> {
  const prefix = `/${crypto.getRandomValues(new Uint8Array(16)).toHex()}/`;
  // A port of the system's choice.
  process.env.NODEPLOTLIB_PORT = "0";
  const { NestFactory } = requireOfNodeplotlib("@nestjs/core");
  const { PlotsGateway } = require("nodeplotlib/src/lib/server/plots/plots.gateway.js");
  // nodeplotlib brings the package that adds this function.
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
 * Answers only requests that name this server by its own address and know the prefix, which is then
 * taken off. A websocket must also come from the server's own page. Engine.IO's polling is not answered
 * at all: its JSONP form can be read by any page.
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
        answer.writeHead(403, HEADERS).end("This page is for the one who opened it.");
      } else answer.destroy();
    });
  }
}

/** Serves nodeplotlib's page without what it would fetch from the network. */
function servePage(app: Application, prefix: string): void {
  const plotly = require.resolve("plotly.js-dist-min/plotly.min.js");
  const page = localPage(prefix);
  const script = localScript(prefix);
  app.use((request, response, next) => {
    response.set(HEADERS);
    if (request.path === "/plotly.min.js") return response.sendFile(plotly);
    if (request.path === "/main.js") return response.type("js").send(script);
    // The page gives itself addresses of its own, such as /plots.
    if (!request.path.includes(".")) return response.type("html").send(page);
    next();
  });
}

/**
 * A second page gets its figure too: nodeplotlib sends figures when the first one asks, and a page that
 * asks while another is open waits in vain. What is drawn on the other stays.
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

/** One figure takes the whole width; the font with the icons is left in the network. */
const STYLE = "npl-plots{display:block!important;padding:16px}.material-icons{visibility:hidden}";

/** nodeplotlib's page below the prefix, with plotly.js from here and the reader's own fonts. */
function localPage(prefix: string): string {
  return readWeb("index.html")
    .replace(`<base href="/">`, `<base href="${prefix}">`)
    .replace(/https:\/\/cdn\.plot\.ly\/plotly-[^"]*/, "plotly.min.js")
    .replace(/<link rel="preconnect"[^>]*>/, "")
    .replace(/@font-face\{[^}]*\}/g, "")
    .replace("</head>", `<style>${STYLE}</style></head>`)
    .replace(` onload="this.media='all'"`, "").replace(` media="print"`, "");
}

/** nodeplotlib's script, which connects by websocket and below the prefix. */
function localScript(prefix: string): string {
  const changes = [
    [`"/assets/`, `"assets/`],
    [`transports:["polling"]`, `transports:["websocket"],path:"${prefix}socket.io"`],
    // The page draws a figure at the second event after it came. Polling had many, here is one.
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
