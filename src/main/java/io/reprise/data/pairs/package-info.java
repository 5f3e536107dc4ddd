/** Clean prompts and corrupt twins with another answer: what circuits are found and judged on. */
package io.reprise.data.pairs;
