/**
 * The element types that a program computes in. Comes after derivatives: a parameter stays f32 whatever products read it as.
 *
 * <p>Only f32 is offered: nothing is changed, and other precisions are refused.
 */
package dev.weft.graph.pass.precision;
