"""Writes the tokenizers of these tests, and the ids that Python gives. Needs tokenizers 0.23 and transformers 5.

    python make_tokenizers.py r50k_base.tiktoken

where r50k_base.tiktoken is GPT-2's vocabulary, as in the jar of com.knuddels:jtokkit.

bpe/tokenizer.json          a byte-level BPE of 400 tokens, trained on CORPUS
bpe-files/                  the same as vocab.json and merges.txt
wordpiece/tokenizer.json    a tokenizer of another kind, with a template that would add [CLS] and [SEP]
expected.json               texts, the ids of each, and what Python decodes them to
"""

import base64
import json
import pathlib
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GPT2TokenizerFast

HERE = pathlib.Path(__file__).parent
END = "<|endoftext|>"
CORPUS = [
    "January February March April May June July August September October November December",
    "one two three four five six seven eight nine ten eleven twelve, and so on: 1, 2, 3, 4, 10, 11, 12, 100, 200, 300",
    "The capital of France is Paris.  The capital of Italy is Rome.\n\nIt's what we'll say; they've said it, I'm sure.",
    "Die Straße heißt „Übergrößenträger“. Être ou ne pas être. Привет, мир. 日本語 한국어 العربية 🙂🙃 naïve café",
    "\tdef f(x):\n\t\treturn x + 1\n",
] * 4
TEXTS = [
    "",
    " ",
    "Hello world",
    " Hello  world   ",
    "January February March",
    "1 2 3 4 5, 10, 100000",
    "it's they've I'M can't",
    "tabs\tand\nnew\r\nlines \u00a0 non-breaking\u2003em",
    "naïve café Straße Привет 日本語 한국어 العربية",
    "🙂👩‍👩‍👧‍👦🇮🇹 e\u0301 \u200b\ufeff",
    "before<|endoftext|>after",
    "<|endoftext|>",
    " <|endoftext|> <|endoftext|><|endoftext",
    "control \u0000\u0001\u007f\u0085 ends",
    "x" * 700,
    "one " * 700,
]


def gpt2(ranks_file):
    """GPT-2's tokenizer from the ranks of its tokens: a token's merge is the last one that byte pair encoding does to it."""
    ranks = {}
    for line in pathlib.Path(ranks_file).read_text().splitlines():
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    table = {b: chr(b) for b in printable} | {b: chr(0x100 + i) for i, b in enumerate(others)}
    name = lambda token: "".join(table[b] for b in token)
    merges = []
    for token, rank in sorted(ranks.items(), key=lambda t: t[1]):
        parts = [bytes([b]) for b in token]
        while len(parts) > 2:
            best = min(range(len(parts) - 1), key=lambda i: ranks.get(parts[i] + parts[i + 1], 1 << 30))
            parts[best : best + 2] = [parts[best] + parts[best + 1]]
        if len(parts) == 2:
            merges.append((name(parts[0]), name(parts[1])))
    tokenizer = Tokenizer(models.BPE({name(t): r for t, r in ranks.items()}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END])
    assert tokenizer.get_vocab_size() == 50257 and tokenizer.encode("The dog").ids == [464, 3290]
    return tokenizer


def main():
    original = gpt2(sys.argv[1])
    byte_level = Tokenizer(models.BPE())
    byte_level.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    byte_level.decoder = decoders.ByteLevel()
    byte_level.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=[END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    byte_level.train_from_iterator(CORPUS, trainer)
    # a file may ask for truncation and padding; neither may change what a model is given
    byte_level.enable_truncation(8)
    byte_level.enable_padding(length=16, pad_id=0, pad_token=END)
    (HERE / "bpe").mkdir(exist_ok=True)
    byte_level.save(str(HERE / "bpe" / "tokenizer.json"), pretty=False)
    byte_level.no_truncation()
    byte_level.no_padding()

    (HERE / "bpe-files").mkdir(exist_ok=True)
    byte_level.model.save(str(HERE / "bpe-files"))
    from_files = GPT2TokenizerFast.from_pretrained(str(HERE / "bpe-files"), local_files_only=True)

    words = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.decoder = decoders.WordPiece()
    words.train_from_iterator(
        CORPUS,
        trainers.WordPieceTrainer(vocab_size=200, special_tokens=["[UNK]", "[CLS]", "[SEP]"], show_progress=False),
    )
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    (HERE / "wordpiece").mkdir(exist_ok=True)
    words.save(str(HERE / "wordpiece" / "tokenizer.json"), pretty=False)

    def cases(encode, decode):
        return [{"text": text, "ids": encode(text), "decoded": decode(encode(text))} for text in TEXTS]

    expected = {
        "bpe": cases(
            lambda t: byte_level.encode(t, add_special_tokens=False).ids,
            lambda ids: byte_level.decode(ids, skip_special_tokens=False),
        ),
        "bpe-files": cases(
            lambda t: from_files.encode(t, add_special_tokens=False),
            lambda ids: from_files.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False),
        ),
        "wordpiece": cases(
            lambda t: words.encode(t, add_special_tokens=False).ids,
            lambda ids: words.decode(ids, skip_special_tokens=False),
        ),
        "gpt2": cases(
            lambda t: original.encode(t, add_special_tokens=False).ids,
            lambda ids: original.decode(ids, skip_special_tokens=False),
        ),
    }
    (HERE / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
