package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
                                + "take a smaller batch, context or model, or give it more memory\n");
        assertThat(run.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(run.out()).isEmpty();
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
