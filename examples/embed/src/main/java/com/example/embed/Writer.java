package com.example.embed;

import dev.weft.dsl.EntryRequest;
import dev.weft.models.Batches;
import dev.weft.models.Generator;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tokenizer.CharTokenizer;
import dev.weft.models.tokenizer.TextStream;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.Map;

/** A small language model learns a sentence by heart and writes it down. */
final class Writer {

    private static final String TEXT = "the quick brown fox jumps over the lazy dog. ".repeat(40);
    private static final int CONTEXT = 16;
    private static final int ROWS = 8;
    private static final int STEPS = 60;

    private Writer() {}

    static void run(Weft weft) {
        Tokenizer tokenizer = CharTokenizer.of(TEXT);
        Program program = program(tokenizer.vocabularySize());
        try (Model model = train(weft, program, tokenizer);
                Generator generator = Generator.open(weft, program, model.parameters())) {
            TextStream pieces = new TextStream(tokenizer);
            System.out.print("the quick ");
            generator.generate(tokenizer.encode("the quick "), 40, Sampling.GREEDY, 0, 0, token -> {
                System.out.print(pieces.accept(token));
                System.out.flush();
                return true;
            });
            System.out.println(pieces.finish());
        }
    }

    /** The shipped GPT, made small. Constants are text, as on the command line. */
    private static Program program(int vocabulary) {
        return Program.load("gpt")
                .with(Map.of("layers", "2", "heads", "2", "width", "32"))
                .with(Map.of("context", "" + CONTEXT, "vocab", "" + vocabulary))
                .optimizer("adamw", Map.of());
    }

    private static Model train(Weft weft, Program program, Tokenizer tokenizer) {
        int[] tokens = tokenizer.encode(TEXT);
        Batches batches = Batches.of(
                new TrainingWindows(tokens, CONTEXT, ROWS, 1), new ValidationWindows(tokens, CONTEXT, ROWS));
        Map<String, Long> sizes = Map.of("B", (long) ROWS, "T", (long) CONTEXT);
        Model model = weft.compile(
                program,
                EntryRequest.of("step", sizes),
                EntryRequest.of("evaluate", sizes),
                EntryRequest.of("rate", Map.of()));
        model.initialize(1);
        Trainer trainer = new Trainer(model, batches, Trainer.Options.of(STEPS, 1e-2));
        while (!trainer.isFinished()) {
            Trainer.Step step = trainer.step();
            if (step.number() == 1 || trainer.isFinished()) {
                System.out.printf("step %d: loss %.3f nats%n", step.number(), step.loss());
            }
        }
        System.out.printf("validation loss %.3f nats%n", trainer.evaluate());
        return model;
    }
}
