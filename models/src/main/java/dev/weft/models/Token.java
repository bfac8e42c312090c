package dev.weft.models;

import dev.weft.models.sample.Drawn;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A token that was drawn.
 *
 * @param logProbability in the model's own distribution, in nats; there if that was wanted
 * @param reasons why it could be drawn; there if that was wanted
 */
public record Token(int id, OptionalDouble logProbability, Optional<Drawn> reasons) {}
