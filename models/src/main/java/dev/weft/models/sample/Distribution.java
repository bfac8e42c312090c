package dev.weft.models.sample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Probabilities of the next token: the softmax of a row of logits, in double precision. Immutable. */
public final class Distribution {

    /** Higher logits first; among equals, lower ids. */
    private static final Comparator<Choice> BEST_FIRST =
            Comparator.comparingDouble(Choice::logProbability).reversed().thenComparingInt(Choice::id);

    /**
     * One token and how likely it is.
     *
     * @param probability    from 0 to 1
     * @param logProbability its natural logarithm, exact also where the probability rounds to 0
     */
    public record Choice(int id, double probability, double logProbability) {}

    private final double[] logProbabilities;

    private Distribution(double[] logProbabilities) {
        this.logProbabilities = logProbabilities;
    }

    /**
     * The softmax of {@code logits}, {@code (vocabulary)}.
     *
     * @throws dev.weft.graph.UserException if a logit is NaN or +inf, or all are -inf
     */
    public static Distribution of(float[] logits) {
        double logTotal = logTotal(logits);
        double[] logProbabilities = new double[logits.length];
        for (int id = 0; id < logits.length; id++) {
            logProbabilities[id] = logits[id] - logTotal;
        }
        return new Distribution(logProbabilities);
    }

    /** The logarithm of one token's probability, in nats, as {@link #of} has it, without those of the others. */
    public static double logProbability(float[] logits, int id) {
        return logits[id] - logTotal(logits);
    }

    private static double logTotal(float[] logits) {
        double max = logits[Logits.greatest(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    /**
     * The id that has rank 1 in the distribution of {@code logits}.
     *
     * @throws dev.weft.graph.UserException as {@link #of}
     */
    public static int likeliest(float[] logits) {
        return Logits.greatest(logits);
    }

    /** Number of tokens. */
    public int size() {
        return logProbabilities.length;
    }

    /** From 0 to 1. */
    public double probability(int id) {
        return Math.exp(logProbabilities[id]);
    }

    /** In nats, never positive. */
    public double logProbability(int id) {
        return logProbabilities[id];
    }

    /** 1 for the likeliest token; among equals, lower ids come first. */
    public int rank(int id) {
        int rank = 1;
        for (int other = 0; other < size(); other++) {
            boolean isBefore = logProbabilities[other] > logProbabilities[id]
                    || other < id && logProbabilities[other] == logProbabilities[id];
            rank += isBefore ? 1 : 0;
        }
        return rank;
    }

    /** The expected number of bits that the next token costs. */
    public double entropyBits() {
        double nats = 0;
        for (double logProbability : logProbabilities) {
            double probability = Math.exp(logProbability);
            if (probability > 0) {
                nats -= probability * logProbability;
            }
        }
        return nats / Math.log(2);
    }

    /** The {@code count} likeliest tokens (or all, if there are fewer), the likeliest first. */
    public List<Choice> top(int count) {
        PriorityQueue<Choice> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());
        for (int id = 0; id < size() && count > 0; id++) {
            Choice choice = new Choice(id, probability(id), logProbabilities[id]);
            if (worstFirst.size() < count) {
                worstFirst.add(choice);
            } else if (BEST_FIRST.compare(choice, worstFirst.element()) < 0) {
                worstFirst.remove();
                worstFirst.add(choice);
            }
        }
        List<Choice> best = new ArrayList<>(worstFirst);
        best.sort(BEST_FIRST);
        return List.copyOf(best);
    }
}
