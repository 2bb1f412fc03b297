/** Where verified units go. `write` resolves when the units are safe with the buyer: only then are they paid. */
export interface UnitSink {
  write(units: readonly Uint8Array[], first: bigint): Promise<void> | void
}

/** Keeps everything in memory. */
export class MemorySink implements UnitSink {
  readonly units: Uint8Array[] = []

  write(units: readonly Uint8Array[]): void {
    this.units.push(...units)
  }
}
