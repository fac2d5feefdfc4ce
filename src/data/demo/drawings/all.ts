/** The ten classes, in the lesson's order. */
import { dayBed } from "./day_bed.ts";
import { dishrag } from "./dishrag.ts";
import type { Drawing } from "./drawing.ts";
import { plate } from "./plate.ts";
import { runningShoe } from "./running_shoe.ts";
import { soapDispenser } from "./soap_dispenser.ts";
import { streetSign } from "./street_sign.ts";
import { tableLamp } from "./table_lamp.ts";
import { tileRoof } from "./tile_roof.ts";
import { toiletSeat } from "./toilet_seat.ts";
import { washingMachine } from "./washing_machine.ts";

export const DRAWINGS: readonly Drawing[] = [
  dayBed,
  dishrag,
  plate,
  runningShoe,
  soapDispenser,
  streetSign,
  tableLamp,
  tileRoof,
  toiletSeat,
  washingMachine,
];
