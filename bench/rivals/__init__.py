"""The same work as others do it. Runs in .venv-bench, apart from Orderbell; nothing of ours is imported."""
