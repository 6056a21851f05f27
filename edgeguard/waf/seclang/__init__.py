"""SecLang, the rule language of ModSecurity: read into values, bound to the engine's own operators and targets."""
