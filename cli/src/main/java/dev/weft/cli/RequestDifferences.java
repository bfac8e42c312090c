package dev.weft.cli;

import dev.weft.models.Trainer;
import dev.weft.models.training.TrainingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was asked for and is not what a run was started with, by the options that ask for it. */
final class RequestDifferences {
    private final List<String> found = new ArrayList<>();

    private RequestDifferences() {}

    /** As {@code --steps is 900, got 910}, with commas between; empty if the requests are equal. */
    static String of(TrainingRequest was, TrainingRequest asked) {
        RequestDifferences differences = new RequestDifferences();
        differences.compare("PROGRAM", was.program(), asked.program());
        differences.compare("--set ", was.constants(), asked.constants());
        differences.compare("--optimizer", was.optimizer(), asked.optimizer());
        differences.compare("--set optimizer.", was.optimizerConstants(), asked.optimizerConstants());
        differences.compare("--data", was.data(), asked.data());
        differences.compare("--tokenizer", was.tokenizer(), asked.tokenizer());
        differences.compare("--batch", was.batch(), asked.batch());
        differences.compare("--eval-every", was.evalEvery(), asked.evalEvery());
        differences.compare("--init-from", was.initFrom(), asked.initFrom());
        differences.compare(was.options(), asked.options());
        return String.join(", ", differences.found);
    }

    private void compare(Trainer.Options was, Trainer.Options asked) {
        compare("--steps", was.steps(), asked.steps());
        compare("--accumulate", was.accumulate(), asked.accumulate());
        compare("--lr", was.peak(), asked.peak());
        compare("--min-lr", was.floor(), asked.floor());
        compare("--warmup", was.warmup(), asked.warmup());
        compare("--clip", clip(was), clip(asked));
        compare("--seed", was.seed(), asked.seed());
        compare("--", was.extra(), asked.extra());
    }

    /** As the option says it: 0 for no limit. */
    private static double clip(Trainer.Options options) {
        return Double.isInfinite(options.clip()) ? 0 : options.clip();
    }

    private void compare(String prefix, Map<String, ?> was, Map<String, ?> asked) {
        TreeSet<String> names = new TreeSet<>(was.keySet());
        names.addAll(asked.keySet());
        names.forEach(name -> compare(prefix + name, was.get(name), asked.get(name)));
    }

    private void compare(String option, @Nullable Object was, @Nullable Object asked) {
        if (!Objects.equals(was, asked)) {
            found.add("%s is %s, got %s".formatted(option, was == null ? "not given" : was, asked));
        }
    }
}
