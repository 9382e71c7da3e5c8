"""A user's own models: any suitable Hugging Face model, from a local folder or the local cache, in six roles.

============ ================================================= =====================================================
tagger       token classifier (OK/BAD, severities or kinds)    `audit.neural.hub.tagger.Tagger`
lm           masked or causal language model                   `audit.neural.hub.language_model.load_lm`
nli          entailment / contradiction / neutral classifier   `audit.neural.hub.pairs.Entailment`
embedder     any encoder                                       `audit.neural.hub.embedder.Embedder`
judge        instruction-tuned causal model                    `audit.neural.hub.judge.Judge`
qe           regression head on pairs of texts                 `audit.neural.hub.pairs.Quality`
============ ================================================= =====================================================

Nothing here is imported unless a role is given a model. Models are read through transformers' Auto classes from safetensors
only, without their own code, and never from the network unless the user allows it (`audit.neural.hub.source`).
"""
