package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value out of range ends with 2 whoever finds out: the reading of the command line, the model, or a constraint of the program. */
class ExitCodesOfValuesTest {

    private static final String PROGRAM = """
            model Pairs(n = 4) where n % 2 == 0 {
                param w: f32[n] = 1

                fn sums(x: f32[B, n]) -> f32[B] where B % 2 == 0 = sum(x * w, -1)
            }
            """;

    @TempDir
    static Path folder;

    @BeforeAll
    static void make() throws IOException {
        Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat; the dog sat.\n".repeat(20));
        Files.writeString(
                folder.resolve("task.jsonl"),
                "{\"context\": \"the cat \", \"choices\": [\"sat\", \"mat\"], \"answer\": 0}\n".repeat(3));
        Files.writeString(folder.resolve("pairs.weft"), PROGRAM);
        Run run = run(
                "train gpt --quiet --set layers=1,heads=2,width=8,context=16 --batch 2 --steps 2 --data DIR/text.txt"
                        + " --out DIR/run");
        assertThat(run.code()).as(run.err()).isZero();
    }

    private static Run run(String words) {
        return Run.weft(Arrays.stream(words.split(" "))
                .map(word -> word.replace("DIR", folder.toString()))
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "generate DIR/run --max-tokens 0           | --max-tokens: must be at least 1, got 0",
                "generate DIR/run --samples 0              | --samples: must be at least 1, got 0",
                "generate DIR/run --batch 0                | --batch: must be at least 1, got 0",
                "generate DIR/run --temperature -1         | temperature: must be 0 or a positive number, got -1.0",
                "generate DIR/run --temperature NaN        | temperature: must be 0 or a positive number, got NaN",
                "generate DIR/run --top-k -1               | top-k: must be 0 (all) or a positive number, got -1",
                "generate DIR/run --top-p 0                | top-p: must be above 0 and at most 1, got 0.0",
                "generate DIR/run --typical-p 2            | typical-p: must be above 0 and at most 1, got 2.0",
                "generate DIR/run --min-p 2                | min-p: must be from 0 to 1, got 2.0",
                "generate DIR/run --repetition-penalty 0   | repetition penalty: must be a positive number, got 0.0",
                "generate DIR/run --presence-penalty NaN   | presence penalty: must be a number, got NaN",
                "generate DIR/run --frequency-penalty NaN  | frequency penalty: must be a number, got NaN",
                "generate DIR/run --threads 0              | --threads: must be at least 1, got 0",
                "generate DIR/run --memory 0               | --memory: must be a positive number of bytes",
                "generate DIR/run --memory-budget -1       | --memory-budget: must be a positive number of bytes",
                "generate DIR/run --max-tokens many        | many",
                "predict DIR/run --top 0                   | --top: must be at least 1, got 0",
                "eval DIR/run --data DIR/text.txt --stride 0   | stride: must be from 1 to 16",
                "eval DIR/run --data DIR/text.txt --stride 17  | stride: must be from 1 to 16",
                "eval DIR/run --data DIR/text.txt --free-running --prefix 16 | prefix: must be from 1 to 15",
                "eval DIR/run --data DIR/text.txt --seed 3     | --seed: goes with --free-running or --shots",
                "eval DIR/run --data DIR/task.jsonl --task choice --shots 3  | shots: must be from 1 to less than",
                "compress DIR/run DIR/text.txt DIR/out --lanes 0 | --lanes: must be from 1 to",
                "train gpt --data DIR/text.txt --batch 0       | batch: must be at least 1, got 0",
                "train gpt --data DIR/text.txt --steps 0       | steps: must be at least 1, got 0",
                "train gpt --data DIR/text.txt --accumulate 0  | accumulate: must be at least 1, got 0",
                "train gpt --data DIR/text.txt --eval-every 0  | eval-every: must be at least 1, got 0",
                "train gpt --data DIR/text.txt --lr 0          | lr: must be positive and finite, got 0.0",
                "train gpt --data DIR/text.txt --min-lr 1      | min-lr: must be at most lr",
                "train gpt --data DIR/text.txt --warmup -1     | warmup: must be a number of steps, 0 or more, got -1.0",
                "train gpt --data DIR/text.txt --clip -1       | clip: must be positive, got -1.0",
                "train gpt --data DIR/text.txt --beta1 1       | AdamW: must have beta1 < 1",
                "train gpt --data DIR/text.txt --beta2 x       | beta2: must be a number, true or false, got x",
                "train gpt --data DIR/text.txt --weight-decay -1 | AdamW: must have 0 <= decay",
                "train gpt --data DIR/text.txt --drop 1        | drop: must be from 0 to less than 1",
                "train gpt --data DIR/text.txt --drop -0.1     | drop: must be from 0 to less than 1",
                "train gpt --data DIR/text.txt --drop NaN      | drop: must be a number, got NaN",
                "train gpt --data DIR/text.txt --set heads=3   | GPT: must have width % heads == 0",
                "train gpt --data DIR/text.txt --set context=0 | gpt: context must be from 1 to",
                "train gpt --data DIR/text.txt --set vocab=2   | vocab: must be at least",
                "check gpt --set heads=-4                      | model GPT: constant heads must not be negative, got -4",
                "check gpt --set width=1.5                     | GPT: width: must be an int known while compiling",
                "check gpt --set layers=many                   | layers: must be a number, true or false, got many",
                "check gpt --set layers=100000                 | layers: must be in 0..65,536, got 100,000",
                "check DIR/pairs.weft --set n=3                | Pairs: must have n % 2 == 0",
                "run DIR/pairs.weft --entry sums --dim B=1 --input x=1,2,3,4 | Pairs.sums: must have B % 2 == 0",
                "compile gpt --entry loss --dim B=-1,T=4       | size B must not be negative, got -1",
                "compile gpt --entry step --dim B=1,T=65       | must have T <= context",
                "profile gpt --entry loss --dim B=1,T=4 --steps 0 | --steps: must be at least 1, got 0",
                "gradcheck mlp --entry loss --dim B=1 --elements 0 | --elements: must be at least 1, got 0",
                "gradcheck mlp --entry loss --dim B=1 --rtol NaN | --rtol: must be a positive number, got NaN",
                "tokenizer train --vocab-size 10 --data DIR/text.txt -o DIR/words | vocabulary size: must be from 257",
                "tokenizer train --vocab-size 300 --threads 0 --data DIR/text.txt -o DIR/words | --threads: must be at least 1",
                "tokenizer decode DIR/run 100                  | ID: must be a number from 0 to",
                "bench --repeats 0                             | --repeats: must be at least 1, got 0",
            })
    void aValueOutOfRangeIsAMisuseOfTheCommandLine(String words, String why) {
        Run run = run(words);

        assertThat(run.err()).contains(why);
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void theSameInAFileIsTheFilesMistake() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Files.createDirectory(copy.resolve("program"));
        for (String name : new String[] {"run.json", "config.json", "model.safetensors", "weft-tokenizer.json"}) {
            Files.copy(folder.resolve("run").resolve(name), copy.resolve(name));
        }
        for (String name : new String[] {"gpt.weft", "nn.weft"}) {
            Files.copy(
                    folder.resolve("run/program").resolve(name),
                    copy.resolve("program").resolve(name));
        }
        Path config = copy.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("(\"heads\" *: *)2", "$1-4"));
        Run run = run("generate DIR/copy --prompt the");

        assertThat(run.err()).contains("config.json: model GPT: constant heads must not be negative, got -4");
        assertThat(run.code()).isEqualTo(ExitCode.USER);

        Path request = copy.resolve("run.json");
        Files.writeString(request, Files.readString(request).replaceFirst("(\"batch\" *: *)2", "$1 0"));
        Run again = run("train --config DIR/copy/run.json --out DIR/again");

        assertThat(again.err()).contains("run.json: batch: must be at least 1, got 0");
        assertThat(again.code()).isEqualTo(ExitCode.USER);
    }
}
