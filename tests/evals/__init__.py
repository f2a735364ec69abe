"""Ten incidents whose causes are known, to see what agents make of them: with a real model for money, or scripted."""
