/** Vocabularies, tokenizers and prompts: how text becomes token ids and back. Knows no model. */
package io.reprise.text;
