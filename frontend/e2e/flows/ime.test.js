// Writing Chinese: the Enter that ends a composition sends nothing.

import assert from "node:assert/strict";
import { pause } from "../support/eventually.js";
import { flow } from "../support/flow.js";

flow("Enter during a composition sends nothing, and the next one sends", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.composer.focus();
  const keyboard = await alice.context.newCDPSession(alice.page);
  for (const text of ["n", "ni", "nihao"]) {
    await keyboard.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  }
  assert.equal(await alice.composer.inputValue(), "nihao", "the premise: it is being composed");
  // What a browser hands on of a key that the input method takes.
  await keyboard.send("Input.dispatchKeyEvent", {
    type: "rawKeyDown",
    key: "Enter",
    code: "Enter",
    windowsVirtualKeyCode: 229,
  });
  await keyboard.send("Input.insertText", { text: "你好" });
  await keyboard.send("Input.dispatchKeyEvent", {
    type: "keyUp",
    key: "Enter",
    code: "Enter",
    windowsVirtualKeyCode: 13,
  });
  await pause(300);
  assert.equal(await alice.composer.inputValue(), "你好");
  assert.deepEqual(await alice.texts(), []);

  await alice.composer.press("Enter");
  await alice.seesItAs("你好", "sent");
  await bob.opens(alice);
  await bob.sees("你好");
  assert.deepEqual(await bob.texts(), ["你好"]);
  assert.equal(await alice.composer.inputValue(), "");
});

flow("Shift+Enter begins a new line, and spaces alone are no message", async ({ people }) => {
  const [alice, bob] = await people("alice", "bob");
  await alice.finds(bob);
  await alice.composer.pressSequentially("one");
  await alice.composer.press("Shift+Enter");
  await alice.composer.pressSequentially("two");
  assert.equal(await alice.composer.inputValue(), "one\ntwo");
  await alice.composer.press("Enter");
  await alice.seesItAs("one\ntwo", "sent");
  await alice.says("   ");
  await alice.says("three");
  await alice.seesItAs("three", "sent");
  assert.deepEqual(await alice.texts(), ["one\ntwo", "three"]);
});
