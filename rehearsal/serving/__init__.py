"""Each way to serve and each way to release a model, with requests that go on meanwhile."""
