package dev.weft.models.training;

import dev.weft.graph.UserException;
import dev.weft.models.run.Identity;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A run that is asked for like another one: what is asked for as before must be what it was then.
 *
 * @param config the {@code run.json} of the other run
 * @param before what it was started with
 * @param then what that was
 * @param initial what the tensors were that it started from, null if these were the program's
 * @param asked what is asked for now
 */
record Repetition(
        Path config,
        TrainingRequest before,
        Identity then,
        @Nullable Object initial,
        TrainingRequest asked) {

    /**
     * @param json what the other run's {@code run.json} holds
     * @param change gives the request of the new run from that of the other
     */
    static Repetition of(Path config, Map<String, Object> json, UnaryOperator<TrainingRequest> change) {
        TrainingRequest before = RequestJson.read(json, config.toString());
        Identity then = Identity.fromJson(json.get("identity"), config.toString());
        TrainingRequest asked = withoutOldVocabulary(before, change.apply(before));
        return new Repetition(config, before, then, json.get(Prepared.INITIAL), asked);
    }

    /** A vocabulary is that of the tokenizer: where another one is asked for, by name or by data, it is decided anew. */
    private static TrainingRequest withoutOldVocabulary(TrainingRequest before, TrainingRequest asked) {
        boolean chosen = !Objects.equals(
                asked.constants().get(Prepared.VOCABULARY), before.constants().get(Prepared.VOCABULARY));
        if (chosen || sameData(before, asked) && sameTokenizer(before, asked)) {
            return asked;
        }
        Map<String, String> constants = new TreeMap<>(asked.constants());
        constants.remove(Prepared.VOCABULARY);
        return asked.withConstants(constants);
    }

    private static boolean sameData(TrainingRequest before, TrainingRequest asked) {
        return asked.data().equals(before.data());
    }

    private static boolean sameTokenizer(TrainingRequest before, TrainingRequest asked) {
        return Objects.equals(asked.tokenizer(), before.tokenizer())
                && Objects.equals(asked.initFrom(), before.initFrom());
    }

    /** @throws UserException if data that should be the same are not */
    void requireSameData(String now) {
        if (sameData(before, asked) && !now.equals(then.data())) {
            throw changed("data", "name the data with --data");
        }
    }

    /** @throws UserException naming what has changed */
    void requireSame(Prepared prepared) {
        Identity now = prepared.identity();
        requireSameData(now.data());
        if (Objects.equals(asked.initFrom(), before.initFrom())
                && prepared.initial() != null
                && !prepared.initial().fingerprint().equals(initial)) {
            throw changed("initial model", "name it with --init-from under another path");
        }
        boolean sameProgram = asked.program().equals(before.program())
                && asked.constants().equals(before.constants())
                && asked.optimizer().equals(before.optimizer())
                && asked.optimizerConstants().equals(before.optimizerConstants());
        if (sameProgram && !now.program().equals(then.program())) {
            throw changed("program", "name a program beside --config, such as the copy in the run's folder");
        }
        if (sameData(before, asked)
                && sameTokenizer(before, asked)
                && !now.tokenizer().equals(then.tokenizer())) {
            throw changed("tokenizer", "name one with --tokenizer");
        }
    }

    private UserException changed(String what, String remedy) {
        return new UserException(
                "%s: cannot be repeated; its %s has changed since. Restore it, or %s to train on with what there is now"
                        .formatted(config, what, remedy));
    }
}
