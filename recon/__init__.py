"""recon predicts and explains the Russell US index reconstitution."""
