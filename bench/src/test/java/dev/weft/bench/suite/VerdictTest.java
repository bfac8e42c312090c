package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What is held, missed and not known. */
class VerdictTest {

    @Test
    void aTargetIsHeldAtItsBound() {
        assertThat(new Verdict("s", 0.6, false, 0.6).outcome()).isEqualTo(Verdict.Outcome.HELD);
        assertThat(new Verdict("s", 0.6, false, 0.61).outcome()).isEqualTo(Verdict.Outcome.MISSED);
        assertThat(new Verdict("times", 2, true, 1.99).outcome()).isEqualTo(Verdict.Outcome.MISSED);
        assertThat(new Verdict("times", 2, true, Double.NaN).outcome()).isEqualTo(Verdict.Outcome.NOT_AVAILABLE);
    }

    @Test
    void numbersHaveThreeDigitsThatSaySomething() {
        assertThat(List.of(1234.4, 123.4, 12.34, 1.234, 0.1234, 0.0, Double.NaN))
                .extracting(Numbers::of)
                .containsExactly("1,234", "123", "12.3", "1.23", "0.123", "0.00", "–");
    }

    @Test
    void lossesAgreeWithinWhatThePrecisionOfBothAllows() {
        SideResult f32 = side("weft f32", 3.0);

        assertThat(LossRule.USUAL.violation(f32, side("libtorch f32", 3.001))).isEmpty();
        assertThat(LossRule.USUAL.violation(f32, side("libtorch f32", 3.01))).isPresent();
        assertThat(LossRule.USUAL.violation(f32, side("torch.compile bf16", 3.01)))
                .isEmpty();
        assertThat(LossRule.USUAL.violation(f32, side("libtorch f32", Double.NaN)))
                .isPresent();
    }

    @Test
    void singleTokensMayDifferMoreThanBatchesButTheirMeanLess() {
        SideResult ours = side("weft bf16", 3.0, 4.0, 5.0);

        assertThat(LossRule.USUAL.violation(ours, side("libtorch bf16", 3.02, 3.98, 5.0)))
                .isPresent();
        assertThat(LossRule.TOKENS.violation(ours, side("libtorch bf16", 3.02, 3.98, 5.0)))
                .isEmpty();
        assertThat(LossRule.TOKENS.violation(ours, side("libtorch bf16", 3.02, 4.02, 5.0)))
                .hasValueSatisfying(
                        sentence -> assertThat(sentence).contains("within 0.005 nats in the mean of 4 steps"));
        assertThat(LossRule.TOKENS.violation(ours, side("libtorch bf16", 3.04, 3.96, 5.0)))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("within 0.03 nats", "at step 2 of 4"));
        assertThat(LossRule.TOKENS.violation(ours, side("weft int8", 3.05, 4.05, 5.0)))
                .isEmpty();
    }

    @Test
    void theHostsShareOfAStepIsKnownOfSidesThatTellIt() {
        SideResult tells = new SideResult(
                "weft bf16",
                "",
                "",
                false,
                List.of(List.of(100.0, 120.0), List.of(90.0)),
                List.of(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(2.0, 1.0, 9.0));
        Target target = Target.hostShare(0.01);

        assertThat(target.words()).isEqualTo("at most 0.010 of a step on the host");
        assertThat(target.verdict(Result.of("row", "", List.of(tells))).value()).isEqualTo(0.02);
        assertThat(target.verdict(Result.of("row", "", List.of(side("torch", 3))))
                        .outcome())
                .isEqualTo(Verdict.Outcome.NOT_AVAILABLE);
    }

    /** Behind a step in which all sides agree. */
    private static SideResult side(String name, double... losses) {
        List<Double> all = DoubleStream.concat(DoubleStream.of(3.0), DoubleStream.of(losses))
                .boxed()
                .toList();
        return new SideResult(name, "", "", false, List.of(List.of(1.0)), all, OptionalLong.empty());
    }
}
