package dev.weft.models.run;

import java.util.Locale;

/** What a line of a run's log tells. */
public enum RunEvent {
    START,
    COMPILED,
    STEP,
    EVAL,
    CHECKPOINT,
    RESUME;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
