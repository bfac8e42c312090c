/** What a value is: an element type and static sizes. Sizes may carry the name they had in the language, as a label. */
package dev.weft.graph.type;
