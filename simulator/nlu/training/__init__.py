"""From annotated utterances to the weights of the reader. Needs scikit-learn (a development dependency); reading does not."""
