package dev.weft.cli;

import dev.weft.models.sample.Distribution;
import dev.weft.models.score.TokenScore;
import java.util.List;

/**
 * A token of a text as a model expected it, and what it expected most.
 *
 * @param id of the token; -1 for one that has not come yet
 * @param logProbability of the token in nats
 * @param rank of the token; 1 for the likeliest
 * @param entropyBits of the distribution
 * @param likeliest tokens, the likeliest first
 * @param restLogSum the logarithm of the probability of all other tokens together
 * @param restCount how many those are
 */
record ScoredToken(
        int id,
        double logProbability,
        int rank,
        double entropyBits,
        List<Distribution.Choice> likeliest,
        double restLogSum,
        int restCount) {

    ScoredToken {
        likeliest = List.copyOf(likeliest);
    }

    static ScoredToken of(TokenScore score, int top) {
        return of(score.id(), score.logProbability(), score.rank(), score.distribution(), top);
    }

    /** What is expected behind the last token. */
    static ScoredToken next(Distribution distribution, int top) {
        return of(-1, 0, 0, distribution, top);
    }

    private static ScoredToken of(int id, double logProbability, int rank, Distribution distribution, int top) {
        List<Distribution.Choice> likeliest = distribution.top(top);
        double mass =
                likeliest.stream().mapToDouble(Distribution.Choice::probability).sum();
        return new ScoredToken(
                id,
                logProbability,
                rank,
                distribution.entropyBits(),
                likeliest,
                Math.log(Math.max(0, 1 - mass)),
                distribution.size() - likeliest.size());
    }

    double surprise() {
        return -logProbability / Math.log(2);
    }
}
