/** All sections, in the order in which they are measured. */
import type { Section } from "../bench.ts";
import { basesSection } from "./bases.ts";
import { dashboardSection } from "./dashboard.ts";
import { featuresSection } from "./features.ts";
import { feedingSection } from "./feeding.ts";
import { frameSection } from "./frame.ts";
import { growthSection, largeSection } from "./growth.ts";
import { headSection } from "./head.ts";
import { keysSection } from "./keys.ts";
import { lessonSection } from "./lesson.ts";
import { limitSection } from "./limit.ts";
import { memorySection } from "./memory.ts";
import { picturesSection } from "./pictures.ts";
import { profileSection } from "./profile.ts";
import { resumeSection } from "./resume.ts";
import { savingSection } from "./saving.ts";
import { scratchSection } from "./scratch.ts";
import { soakSection } from "./soak.ts";
import { startSection } from "./start.ts";
import { viewersSection } from "./viewers.ts";
import { wireSection } from "./wire.ts";

export const SECTIONS: readonly Section[] = [
  ...[
    limitSection,
    featuresSection,
    feedingSection,
    basesSection,
    headSection,
    scratchSection,
    lessonSection,
    startSection,
  ],
  ...[
    memorySection,
    frameSection,
    wireSection,
    keysSection,
    dashboardSection,
    growthSection,
    profileSection,
    largeSection,
    viewersSection,
    soakSection,
    resumeSection,
    savingSection,
    picturesSection,
  ],
];
