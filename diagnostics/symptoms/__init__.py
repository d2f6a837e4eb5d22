"""Free text to issues: the person's own words, and the numbers they state."""

from diagnostics.symptoms.numbers import FactBook, read_message_facts
from diagnostics.symptoms.phrases import PhraseBook
from diagnostics.symptoms.reader import Symptom, SymptomReader, read_symptoms

__all__ = ["FactBook", "PhraseBook", "Symptom", "SymptomReader", "read_message_facts", "read_symptoms"]
