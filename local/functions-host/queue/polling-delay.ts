// How long the queue listener waits after it found nothing: longer each time, with some chance in it.
// Knows no queue; the rule is that of the real host's randomized exponential back-off.

export interface PollingDelayOptions {
  minimumMs: number;
  maximumMs: number;
  /** From 0 up to 1. */
  random: () => number;
}

const randomizationFactor = 0.2;

/**
 * The first wait after something was found is the minimum; then the minimum plus one, two, four … times itself, each
 * give or take a fifth, until the maximum is reached.
 */
export function makePollingDelay({
  minimumMs,
  maximumMs,
  random,
}: PollingDelayOptions): (foundSinceLastWait: boolean) => number {
  let currentMs = 0;
  let exponent = 0;

  return (foundSinceLastWait) => {
    if (foundSinceLastWait) {
      currentMs = minimumMs;
      exponent = 1;
    } else if (currentMs !== maximumMs) {
      const factor = 1 - randomizationFactor + 2 * randomizationFactor * random();
      const backOffMs = exponent === 0 ? minimumMs : minimumMs + factor * 2 ** (exponent - 1) * minimumMs;
      if (backOffMs < maximumMs) exponent += 1;
      currentMs = Math.min(backOffMs, maximumMs);
    }
    return currentMs;
  };
}
