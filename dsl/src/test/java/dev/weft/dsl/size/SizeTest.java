package dev.weft.dsl.size;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SizeTest {
    private static final long SEED = Long.getLong("weft.seed", 4);

    private final Size width = Size.symbol("width");
    private final Size heads = Size.symbol("heads");
    private final Size two = Size.of(2);

    @Test
    void equalPolynomialsAreEqualRecords() {
        Size left = width.plus(heads).times(width.minus(heads));
        Size right = width.times(width).minus(heads.times(heads));
        assertThat(left).isEqualTo(right).hasToString("-heads ** 2 + width ** 2");
    }

    @Test
    void exactQuotientsMultiplyOut() {
        Facts facts = Facts.NONE.divides(width, heads);
        Size d = facts.quotient(width, heads).orElseThrow();
        assertThat(facts.equality(d.times(heads), width)).isEqualTo(Facts.Answer.YES);
        assertThat(facts.display(facts.normal(Size.of(3).times(width)))).hasToString("3 * width");
        assertThat(d).hasToString("width / heads");
    }

    @Test
    void aQuotientOfAQuotientIsExactWhereThatIsKnown() {
        Facts once = Facts.NONE.divides(width, heads);
        Size d = once.quotient(width, heads).orElseThrow();
        assertThat(once.quotient(d, two)).isEmpty();
        Facts twice = once.divides(d, two);
        Size half = twice.quotient(d, two).orElseThrow();
        assertThat(twice.equality(half.times(two).times(heads), width)).isEqualTo(Facts.Answer.YES);
        assertThat(twice.atMostAnswer(half, d)).isEqualTo(Facts.Answer.YES);
    }

    @Test
    void whatIsNotKnownIsNotGuessed() {
        assertThat(Facts.NONE.equality(width, heads)).isEqualTo(Facts.Answer.UNKNOWN);
        assertThat(Facts.NONE.equality(width, width.plus(Size.ONE))).isEqualTo(Facts.Answer.NO);
        assertThat(Facts.NONE.atMostAnswer(width, heads)).isEqualTo(Facts.Answer.UNKNOWN);
        assertThat(Facts.NONE.atMost(width, heads).atMostAnswer(width, heads.plus(two)))
                .isEqualTo(Facts.Answer.YES);
        assertThat(Facts.NONE.equal(width, heads).equality(width, heads)).isEqualTo(Facts.Answer.YES);
    }

    /** Random arithmetic, worked out as polynomials and with numbers that satisfy the facts, gives the same. */
    @Test
    void agreesWithNumbers() {
        Random random = new Random(SEED);
        for (int round = 0; round < 500; round++) {
            long h = 1L + random.nextInt(6);
            long half = 1L + random.nextInt(5);
            Map<String, Long> numbers = Map.of(
                    "heads", h, "width", h * 2 * half, "T", (long) random.nextInt(9), "n", (long) random.nextInt(9));
            Facts once = Facts.NONE.divides(width, heads);
            Facts facts = once.divides(once.quotient(width, heads).orElseThrow(), two);
            List<Size> sizes = new ArrayList<>(List.of(width, heads, Size.symbol("T"), Size.symbol("n"), two));
            List<BigInteger> values = new ArrayList<>(
                    sizes.stream().map(size -> value(size, numbers)).toList());
            for (int step = 0; step < 6; step++) {
                int a = random.nextInt(sizes.size());
                int b = random.nextInt(sizes.size());
                step(random.nextInt(4), a, b, sizes, values, facts);
            }
            for (int i = 0; i < sizes.size(); i++) {
                assertThat(value(facts.normal(sizes.get(i)), numbers))
                        .as("seed %d, round %d: %s", SEED, round, sizes.get(i))
                        .isEqualTo(values.get(i));
                assertThat(value(facts.display(sizes.get(i)), numbers)).isEqualTo(values.get(i));
                for (int j = 0; j < i; j++) {
                    consistent(facts, sizes, values, i, j, "seed " + SEED + ", round " + round);
                }
            }
        }
    }

    private static void step(int operation, int a, int b, List<Size> sizes, List<BigInteger> values, Facts facts) {
        Size x = sizes.get(a);
        Size y = sizes.get(b);
        switch (operation) {
            case 0 -> add(sizes, values, x.plus(y), values.get(a).add(values.get(b)));
            case 1 -> add(sizes, values, x.times(y), values.get(a).multiply(values.get(b)));
            case 2 -> add(sizes, values, x.minus(y), values.get(a).subtract(values.get(b)));
            default -> {
                Optional<Size> quotient = facts.quotient(x, y);
                if (quotient.isPresent() && values.get(b).signum() != 0) {
                    assertThat(values.get(a).mod(values.get(b).abs())).isEqualTo(BigInteger.ZERO);
                    add(sizes, values, quotient.get(), values.get(a).divide(values.get(b)));
                }
            }
        }
    }

    private static void add(List<Size> sizes, List<BigInteger> values, Size size, BigInteger value) {
        sizes.add(size);
        values.add(value);
    }

    /** What is answered for all numbers is true for these. */
    private static void consistent(Facts facts, List<Size> sizes, List<BigInteger> values, int i, int j, String where) {
        boolean equal = values.get(i).equals(values.get(j));
        Facts.Answer answer = facts.equality(sizes.get(i), sizes.get(j));
        assertThat(answer).as(where).isNotEqualTo(equal ? Facts.Answer.NO : Facts.Answer.YES);
        boolean atMost = values.get(i).compareTo(values.get(j)) <= 0;
        assertThat(facts.atMostAnswer(sizes.get(i), sizes.get(j)))
                .as(where)
                .isNotEqualTo(atMost ? Facts.Answer.NO : Facts.Answer.YES);
    }

    private static BigInteger value(Size size, Map<String, Long> numbers) {
        return size.evaluate(symbol -> numbers.get(symbol.name()));
    }
}
