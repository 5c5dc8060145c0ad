// @ts-check
// What is dropped beside a field takes the page's place by itself, with whatever is written in it: a file, a link. Text
// may be dropped where it can be written; files nowhere yet.

export function refuseDrops() {
  addEventListener("dragover", refuse);
  addEventListener("drop", refuse);
}

/** @param {DragEvent} event */
function refuse(event) {
  const { target, dataTransfer } = event;
  const field = target instanceof Element && target.closest("input, textarea");
  if (dataTransfer && (!field || dataTransfer.types.includes("Files"))) {
    event.preventDefault();
    dataTransfer.dropEffect = "none";
  }
}
