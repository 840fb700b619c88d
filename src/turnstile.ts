// Long steps of many evaluations → one in each round of the event loop: whoever waits outside waits for one of them at most.

const waiting: (() => void)[] = [];
let isTurning = false;

/** Resolves when no other step that asked here runs in the same round; what arrived meanwhile comes first. */
export function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (isTurning) return;
    isTurning = true;
    setImmediate(next);
  });
}

function next(): void {
  waiting.shift()?.();
  isTurning = waiting.length > 0;
  if (isTurning) setImmediate(next);
}
