"""SecLang's variables: the lists they are made of, one family a file, and which values of them a rule looks at."""
