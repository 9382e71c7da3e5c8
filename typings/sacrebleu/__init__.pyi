"""What this project uses of sacrebleu, inner methods included that it overrides; sacrebleu types them in part."""
