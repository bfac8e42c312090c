package dev.weft.cli;

import dev.weft.dsl.Description.Definition;
import dev.weft.dsl.Description.Function;
import dev.weft.models.Program;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What each command can do with a program, or why it cannot: decided by names and types of functions alone. */
final class Uses {

    private static final String LOSS =
            "needs fn loss(tokens, targets: i32[B, T], weight: f32[B, T]) -> (f32[], f32[]), or any other loss of tensors";
    private static final String TEXT =
            "measures text: needs fn loss(tokens, targets: i32[B, T], weight: f32[B, T]) -> (f32[], f32[])";
    private static final String LOGITS = "needs fn logits(tokens: i32[B, T], …) -> f32[B, T, vocab]";
    private static final String CONTEXT = "needs a constant context";

    private Uses() {}

    /**
     * A sentence for each command.
     *
     * @param model the file's model, null where it has none
     */
    static SequencedMap<String, String> of(Program program, @Nullable Definition model) {
        SequencedMap<String, String> uses = new LinkedHashMap<>();
        if (model == null) {
            for (String command : List.of("train", "eval", "predict", "generate", "compile", "run", "gradcheck")) {
                uses.put(command, "no: the file declares no model");
            }
            return uses;
        }
        uses.put("train", train(program));
        uses.put("eval", program.isLanguageModel() ? text(program, "measures text") : no(TEXT));
        uses.put("predict", logits(program, "gives the distribution over the next token"));
        uses.put("generate", logits(program, generate(program)));
        List<String> functions = model.functions().stream()
                .map(Function::name)
                .filter(name -> !name.equals("fn"))
                .toList();
        uses.put("compile", functions.isEmpty() ? no("the model has no named function") : "yes: " + named(functions));
        uses.put("run", functions.isEmpty() ? no("the model has no named function") : "yes: " + named(functions));
        List<String> scalars = model.functions().stream()
                .filter(function -> function.result().startsWith("f32[]")
                        || function.result().startsWith("(f32[]"))
                .map(Function::name)
                .toList();
        uses.put("gradcheck", scalars.isEmpty() ? no("no function's first result is f32[]") : "yes: " + named(scalars));
        return uses;
    }

    private static String named(List<String> functions) {
        return String.join(", ", functions);
    }

    private static String no(String reason) {
        return "no: " + reason;
    }

    private static String train(Program program) {
        if (program.isLanguageModel()) {
            return text(program, "trains on text");
        }
        List<String> arguments = program.parameters("loss");
        return arguments.isEmpty()
                ? no(LOSS)
                : "yes: trains on tensors named like the arguments of loss: " + String.join(", ", arguments);
    }

    private static String logits(Program program, String does) {
        return program.parameters("logits").contains("tokens") ? text(program, does) : no(LOGITS);
    }

    private static String text(Program program, String does) {
        return program.takes("context") ? "yes: " + does : no(CONTEXT);
    }

    private static String generate(Program program) {
        return program.hasCache()
                ? "continues text, reading each token once"
                : "continues text, but reads the whole window again for every token: logits takes no at and cached";
    }
}
