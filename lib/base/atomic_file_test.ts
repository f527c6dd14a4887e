import assert from "node:assert/strict";
import { checkWritable, writeFileAtomically } from "./atomic_file.ts";
import { UserError } from "./user_error.ts";

Deno.test("a file is written whole, in folders made for it, and leaves nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a/b.txt`;
    await writeFileAtomically(path, "old");
    await writeFileAtomically(path, "new");
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(Array.from(Deno.readDirSync(`${folder}/a`), ({ name }) => name), ["b.txt"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("whether a place can be written is found out without a trace", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/old.txt`, "old");
    await checkWritable(`${folder}/old.txt`);
    await checkWritable(`${folder}/new.txt`);
    assert.equal(await Deno.readTextFile(`${folder}/old.txt`), "old");
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["old.txt"]);
    await assert.rejects(checkWritable(folder), {
      message: /: a folder, expected the name of a file/,
    });
    await assert.rejects(checkWritable("/proc/none/file"), {
      name: "UserError",
      message: /^\/proc\/none\/file: cannot be written/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a place that cannot be written is a user's error that names it, and the old file stays", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    await assert.rejects(
      writeFileAtomically(`${folder}/taken`, "text"),
      (error) =>
        error instanceof UserError &&
        error.message.startsWith(`${folder}/taken: cannot be written`),
    );
    // A full disk: /dev/full takes nothing.
    await writeFileAtomically(`${folder}/file`, "old");
    await Deno.symlink("/dev/full", `${folder}/file.${Deno.pid}.partial`);
    await assert.rejects(
      writeFileAtomically(`${folder}/file`, "new"),
      /file: cannot be written \(No space left on device/,
    );
    assert.equal(await Deno.readTextFile(`${folder}/file`), "old");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
