package dev.weft.graph.schedule;

import dev.weft.graph.Value;

/** A stored value and a user in another region, and why the two are not one region. */
public record NotFused(Value producer, Value consumer, String reason) {}
