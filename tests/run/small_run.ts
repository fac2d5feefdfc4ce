/** A run small enough for tests, with nothing made up: the demo set at 64 pixels with a random SqueezeNet. */
export const SMALL_RUN = ["--data", "demo", "--base", "squeezenet11", "--weights", "random", "--size", "64"] as const;

/** Trains until it is stopped: there is no last epoch and no early stop. */
export const ENDLESS = ["--epochs", "1000000", "--patience", "1000000"] as const;
