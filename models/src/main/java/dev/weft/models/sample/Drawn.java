package dev.weft.models.sample;

import java.util.List;

/**
 * A token that was drawn, and why it could be.
 *
 * @param rank in the model's own distribution, 1 for the likeliest
 * @param logProbability in the model's own distribution, in nats
 * @param entropyBits of the model's own distribution
 * @param share of the distribution that it was drawn from
 * @param removed what each filter took away, in the order in which they are applied
 */
public record Drawn(int id, int rank, double logProbability, double entropyBits, double share, List<Removed> removed) {

    /**
     * What a filter took away.
     *
     * @param filter its name: {@code top-k}
     * @param mass of the distribution behind penalties and temperature, from 0 to 1
     * @param tokens how many were taken away
     */
    public record Removed(String filter, double mass, int tokens) {}

    public Drawn {
        removed = List.copyOf(removed);
    }
}
