package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has too little memory gets a sentence, before anything is allocated or written. */
class MemoryLimitTest {

    @Test
    void gpt2InOneGibibyteIsASentence() {
        Run run = Run.weft(
                "compile",
                "gpt",
                "--entry",
                "step",
                "--dim",
                "B=4,T=64",
                "--set",
                "layers=12,heads=12,width=768,context=1024,vocab=50257",
                "--backend",
                "cpu",
                "--memory",
                "1g");

        assertThat(run.err())
                .matches(
                        "error: memory: the tensors of this program need [12]\\.[0-9]+ GiB, the memory limit leaves 1\\.00 GiB; "
                                + "even a batch of 1 does not fit: take a smaller context or model\n");
        assertThat(run.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void theBatchThatIsNamedFitsAndTheNextOneDoesNot() {
        Matcher named =
                Pattern.compile("a batch of ([0-9]+) fits").matcher(logits(4096).err());
        assertThat(named.find()).isTrue();
        int fits = Integer.parseInt(named.group(1));

        assertThat(fits).isBetween(2, 4094);
        assertThat(logits(fits).code()).isZero();
        assertThat(logits(fits + 1).code()).isEqualTo(ExitCode.MACHINE);
    }

    private static Run logits(int batch) {
        return Run.weft(
                "compile",
                "gpt",
                "--entry",
                "logits",
                "--dim",
                "B=" + batch + ",T=8",
                "--backend",
                "cpu",
                "--memory=64m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1x", "g", "1234567890123"})
    void aLimitMustBeANumberOfBytes(String size) {
        Run run = Run.weft("compile", "mlp", "--entry", "scores", "--dim", "B=2", "--memory=" + size);

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .startsWith(
                        "error: weft compile: --memory: must be a positive number of bytes, with k, m or g behind it if you like; got "
                                + size + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1g", "900M", "900mb", "1048576k", "1000000000", "999999999999g"})
    void aLimitThatSufficesChangesNothing(String size) {
        Run run = Run.weft(
                "compile", "mlp", "--entry", "scores", "--dim", "B=2", "--backend", "reference", "--memory", size);

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
    }
}
