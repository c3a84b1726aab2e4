// Puts a text on the clipboard; where the browser refuses, the text is shown, to be copied by hand.
// Knows nothing of what the text says.
import { byId } from './element';

/** True if it is on the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  const byHand = byId('by-hand', HTMLElement);
  try {
    await navigator.clipboard.writeText(text);
    byHand.hidden = true;
    return true;
  } catch {
    // Not allowed, or not a secure context: the reason changes nothing.
    const area = byId('by-hand-text', HTMLTextAreaElement);
    byHand.hidden = false;
    area.value = text;
    area.focus();
    area.select();
    return false;
  }
}
